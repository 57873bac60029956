package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.hostnet.BridgePort;

/** Where a question about a MAC comes from. What the API can be asked is shared fairly between sources. */
sealed interface QuestionSource {

    /** A NIC behind this port of the bridge. */
    record Port(BridgePort port) implements QuestionSource {}

    /** Those that are told apart by nothing else. */
    enum Shared implements QuestionSource {
        /** A NIC whose port has not been looked up: its turn comes when it has. */
        UNSORTED,
        /** A NIC whose port is not known. */
        UNKNOWN_PORT,
        /** No NIC waits: the gateway itself wants to know. */
        BACKGROUND
    }
}
