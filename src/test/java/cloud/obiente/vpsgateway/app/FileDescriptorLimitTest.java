package cloud.obiente.vpsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FileDescriptorLimitTest {
    @Test
    void theSoftLimitIsRead() {
        String limits = """
                Limit                     Soft Limit           Hard Limit           Units
                Max processes             95231                95231                processes
                Max open files            1024                 524288               files
                """;
        assertThat(FileDescriptorLimit.in(limits)).isEqualTo(1024);
    }

    @Test
    void noLimitIsNone() {
        assertThat(FileDescriptorLimit.in(
                        "Max open files            unlimited            unlimited            files\n"))
                .isEqualTo(Long.MAX_VALUE);
        assertThat(FileDescriptorLimit.limit()).isPositive();
    }
}
