package cloud.obiente.vpsgateway.ipam.sqlite;

import java.sql.SQLException;
import java.util.Set;
import org.sqlite.NativeLibraryNotFoundException;
import org.sqlite.SQLiteException;

/**
 * What it means when SQLite cannot do something (<a href="https://www.sqlite.org/rescode.html">Result and Error Codes</a>), and
 * what helps. Only two codes mean that the file is damaged; whatever else is wrong, the database is whole.
 */
@SuppressWarnings("ImmutableEnumChecker") // A set of numbers that nobody changes.
enum SqliteFault {
    /** SQLITE_CORRUPT, SQLITE_NOTADB. */
    DAMAGED("it is damaged", Set.of(11, 26)),
    /** SQLITE_FULL. */
    FULL("the disk is full: free space on it", Set.of(13)),
    /** SQLITE_IOERR, which is also what a full disk is called where SQLite asks for shared memory. */
    IO("the disk fails or is full: free space on it, and check its health in the kernel's log", Set.of(10)),
    /** SQLITE_PERM, SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_AUTH. */
    NOT_PERMITTED(
            "it may not be read and written: check owner and permissions of the file, of its -wal and -shm files and of"
                    + " their directory, and that the file system is not mounted read-only",
            Set.of(3, 8, 14, 23)),
    /** SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL. */
    LOCKED("another program holds it: end that program; no other program may write to the file", Set.of(5, 6, 15)),
    NO_LIBRARY(
            "SQLite's native library cannot be unpacked or loaded: make 4 MB of room in the state directory or in"
                    + " /dev/shm, on a file system that is not mounted noexec",
            Set.of()),
    OTHER("free space on the disk, and check its health and the permissions of the file", Set.of());

    private static final int PRIMARY = 0xff;

    private final String remedy;
    private final Set<Integer> codes;

    SqliteFault(String remedy, Set<Integer> codes) {
        this.remedy = remedy;
        this.codes = codes;
    }

    static SqliteFault of(Throwable fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof NativeLibraryNotFoundException || cause instanceof LinkageError) {
                return NO_LIBRARY;
            }
            if (cause instanceof SQLiteException known) {
                return of(known.getResultCode().code & PRIMARY);
            }
        }
        return OTHER;
    }

    private static SqliteFault of(int code) {
        for (SqliteFault known : values()) {
            if (known.codes.contains(code)) {
                return known;
            }
        }
        return OTHER;
    }

    /** Whether the database could be read, were it not for room to write. */
    boolean isForWantOfRoom() {
        return this == FULL || this == IO;
    }

    /** What is wrong, and what to do, behind the name of the file. */
    static String explain(SQLException fault) {
        return "(" + fault.getMessage() + "): " + of(fault).remedy;
    }
}
