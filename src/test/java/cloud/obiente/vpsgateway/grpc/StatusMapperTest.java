package cloud.obiente.vpsgateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.obiente.vpsgateway.apilink.LinkCloseReason;
import cloud.obiente.vpsgateway.ipam.Refusal;
import cloud.obiente.vpsgateway.ipam.RefusalReason;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StatusMapperTest {

    @ParameterizedTest
    @EnumSource
    void everyReasonHasAStatusAndIsDocumented(RefusalReason reason) throws Exception {
        StatusRuntimeException status = StatusMapper.of(new Refusal(reason, "why", Map.of("vps", "vps-1")));

        assertThat(Files.readAllLines(Path.of("docs/errors.md")))
                .anyMatch(line -> line.startsWith(
                        "| `" + reason + "` | " + status.getStatus().getCode() + " |"));
    }

    /** A reader must not wait for a reason that is never given, nor meet one that the page does not have. */
    @Test
    void thePageHasTheReasonsOfTheCodeAndNoOthers() throws Exception {
        Set<String> documented = new TreeSet<>();
        Matcher row = Pattern.compile("^\\| `([A-Z_]+)` \\| [A-Z_]+ \\|", Pattern.MULTILINE)
                .matcher(Files.readString(Path.of("docs/errors.md")));
        while (row.find()) {
            documented.add(row.group(1));
        }

        Set<String> given = new TreeSet<>(StatusMapper.REASONS);
        Stream.of(RefusalReason.values()).map(Enum::name).forEach(given::add);
        Stream.of(LinkCloseReason.Cause.values())
                .filter(cause -> !cause.isOrderly() && cause != LinkCloseReason.Cause.LOST)
                .forEach(cause -> given.add("LINK_" + cause));
        assertThat(documented).isEqualTo(given);
    }

    @Test
    void aRefusalCarriesItsReasonAndValues() throws Exception {
        StatusRuntimeException thrown = StatusMapper.of(
                new Refusal(RefusalReason.ADDRESS_TAKEN, "10.15.3.20 is held by vps-2", Map.of("holder", "vps-2")));

        Status status = StatusProto.fromThrowable(thrown);
        ErrorInfo info = status.getDetails(0).unpack(ErrorInfo.class);
        assertThat(thrown.getStatus().getDescription()).isEqualTo("10.15.3.20 is held by vps-2");
        assertThat(info.getDomain()).isEqualTo("vps-gateway");
        assertThat(info.getReason()).isEqualTo("ADDRESS_TAKEN");
        assertThat(info.getMetadataMap()).containsEntry("holder", "vps-2");
    }

    @Test
    void allBadFieldsAreNamedAtOnce() throws Exception {
        RequestFields fields = new RequestFields();
        fields.required("vps_id", "vps 1\n", VpsId::parse);
        fields.optional("preferred_ip", "10.15.3", Ipv4Address::parse);
        fields.required("mac_address", "", Ipv4Address::parse);

        assertThatThrownBy(fields::throwIfInvalid)
                .isInstanceOfSatisfying(StatusRuntimeException.class, thrown -> assertThat(
                                thrown.getStatus().getDescription())
                        .contains("vps_id 'vps 1\\u000a' is not valid")
                        .contains("preferred_ip '10.15.3' is not valid")
                        .contains("mac_address is required")
                        .doesNotContain("\n"))
                .satisfies(thrown -> assertThat(StatusProto.fromThrowable(thrown)
                                .getDetails(1)
                                .unpack(BadRequest.class)
                                .getFieldViolationsList())
                        .extracting(BadRequest.FieldViolation::getField)
                        .containsExactly("vps_id", "preferred_ip", "mac_address"));
    }
}
