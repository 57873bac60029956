package cloud.obiente.vpsgateway.control;

/** Answers questions. Called on the threads {@code control-*}, which may wait; several at once. */
public interface ControlHandler {

    /**
     * @param operator who asks: the user at the other end of the socket
     * @return a tree that {@link Json} can write
     * @throws RefusedException when there is no answer
     */
    Object answer(ControlRequest request, String operator) throws RefusedException;
}
