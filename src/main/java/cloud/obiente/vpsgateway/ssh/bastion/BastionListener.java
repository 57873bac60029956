package cloud.obiente.vpsgateway.ssh.bastion;

/** Hears of connections to the bastion; called on its threads, must be short and thread-safe. */
public interface BastionListener {

    /** Somebody has logged in. */
    void loggedIn();

    /** A connection ended that had tried to log in and failed. */
    void loginFailed();

    /** A connection was closed at once. */
    void refused(ConnectionAdmission.AdmissionRefusal why);
}
