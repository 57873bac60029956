package cloud.obiente.vpsgateway.app.config;

/**
 * What one VPS may ask of our DNS.
 *
 * @param rate questions a second for long
 * @param burst questions at once after a pause
 */
public record DnsLimit(int rate, int burst) {}
