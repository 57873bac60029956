package cloud.obiente.vpsgateway.attack;

/** Attacks on a gateway that is the router of a segment: its inet and arp tables stand in their way. */
class RouterAttackIT extends AttackContract {
    RouterAttackIT() {
        super(Scene.Layout.ROUTER);
    }
}
