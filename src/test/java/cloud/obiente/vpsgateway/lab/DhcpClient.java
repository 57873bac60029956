package cloud.obiente.vpsgateway.lab;

import java.util.Locale;

/** The DHCP clients that a simulated VPS can run: busybox's, and ISC's. */
public enum DhcpClient {
    UDHCPC,
    DHCLIENT;

    /** As script/lab calls it. */
    String program() {
        return name().toLowerCase(Locale.ROOT);
    }
}
