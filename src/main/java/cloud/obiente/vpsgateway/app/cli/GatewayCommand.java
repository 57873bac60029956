package cloud.obiente.vpsgateway.app.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program itself; every command is below it. */
@Command(
        name = "vps-gateway",
        versionProvider = ProgramVersion.class,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        header = "Addresses, DHCP, DNS and SSH for the VPSs of one Proxmox node.",
        description = {
            "",
            "Without a command it serves, as its GATEWAY_ variables say.",
            "",
        },
        footer = {
            "",
            "Every command has --help. Exit codes: 0, well; 1, bad news, or it could not be done; 2, wrong arguments."
        },
        subcommands = {
            ServeCommand.class,
            CheckCommand.class,
            StatusCommand.class,
            IpsCommand.class,
            LeasesCommand.class,
            UnknownCommand.class,
            SessionsCommand.class,
            EventsCommand.class,
            ConfigCommand.class,
            ReleaseCommand.class,
            HealthcheckCommand.class,
            AutoComplete.GenerateCompletion.class,
        })
final class GatewayCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "what shall it do? Without any argument it serves");
    }
}
