package cloud.obiente.vpsgateway.app.cli;

/** How commands end; docs/commands.md tells operators. */
final class ExitCodes {
    static final int OK = 0;
    /** It was done, and the news is bad; or it could not be done. */
    static final int BAD_NEWS = 1;
    /** Nothing was done. */
    static final int WRONG_ARGUMENTS = 2;

    private ExitCodes() {}
}
