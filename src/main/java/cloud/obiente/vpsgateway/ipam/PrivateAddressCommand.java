package cloud.obiente.vpsgateway.ipam;

/** A command about private addresses, which need no guard in the kernel to be in effect. */
public sealed interface PrivateAddressCommand<T> extends Command<T>
        permits AllocateCommand,
                AdoptCommand,
                ReleaseCommand,
                BindCommand,
                RebindCommand,
                UnbindCommand,
                LearnOwnAddressesCommand {}
