/** Child processes that live as long as the gateway wants them, and never longer than it; knows nothing of what they do. */
package cloud.obiente.vpsgateway.child;
