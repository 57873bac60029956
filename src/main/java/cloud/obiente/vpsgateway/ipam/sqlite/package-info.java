/**
 * Keeps the allocations in one SQLite file, {@code ipam.sqlite}, that operators can open with the tools they know. Layer
 * 1: uses {@code ipam}, {@code net}, JDBC and the SQLite driver.
 *
 * <p>{@link cloud.obiente.vpsgateway.ipam.sqlite.SqliteAllocationStore} owns the file and its one connection. A file that
 * cannot be trusted stops the start and is left as it is.
 */
package cloud.obiente.vpsgateway.ipam.sqlite;
