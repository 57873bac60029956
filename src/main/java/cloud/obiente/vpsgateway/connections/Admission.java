package cloud.obiente.vpsgateway.connections;

/** What becomes of a new connection. */
enum Admission {
    /** It has a place; {@link PortConnections#gone} is to be called once. */
    ADMITTED,
    /** There is none, and nobody who could make one. */
    REFUSED,
    /** It is to ask again, when it is told. */
    DEFERRED
}
