package cloud.obiente.vpsgateway.attack;

/** Attacks among the VPSs of one bridge, on the node that the gateway runs on: GATEWAY_GUARD_BRIDGE. */
class NodeAttackIT extends AttackContract {
    NodeAttackIT() {
        super(Scene.Layout.NODE);
    }
}
