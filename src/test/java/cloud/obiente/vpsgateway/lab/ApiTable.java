package cloud.obiente.vpsgateway.lab;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The VMs that a central API has on its nodes: a file, read anew each time, one VPS a line: {@code node vps organization
 * address mac}, with {@code -} for an address that is still to be allocated and the MAC address of the NIC. Lines that begin
 * with # are remarks.
 */
record ApiTable(Path file) {
    private static final int COLUMNS = 5;
    private static final String NONE = "-";

    /** @param node the name of the node that the VPS runs on */
    record Row(String node, String vps, String organization, Optional<Ipv4Address> address, MacAddress mac) {}

    List<Row> rows() {
        try {
            return Files.readAllLines(file).stream()
                    .map(line -> line.strip().split("\\s+"))
                    .filter(columns -> columns.length == COLUMNS && !columns[0].startsWith("#"))
                    .map(ApiTable::row)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Row row(String[] columns) {
        return new Row(
                columns[0],
                columns[1],
                columns[2],
                Optional.of(columns[3]).filter(address -> !address.equals(NONE)).map(Ipv4Address::parse),
                MacAddress.parse(columns[4]));
    }
}
