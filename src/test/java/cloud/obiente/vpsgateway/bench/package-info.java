/**
 * Measurements of a packaged gateway in the sandbox; run by script/bench, never with the tests. They print figures and
 * assert correctness only: no figure of a shared machine decides whether a build is good.
 */
package cloud.obiente.vpsgateway.bench;
