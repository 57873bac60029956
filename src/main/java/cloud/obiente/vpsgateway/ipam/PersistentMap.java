package cloud.obiente.vpsgateway.ipam;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * An immutable sorted map. A changed map shares all but O(log n) nodes with the one that it was made from, so that every
 * commit can publish a snapshot of thousands of allocations for the price of the few that changed.
 *
 * <p>An AVL tree: the heights of two siblings differ by at most one.
 */
final class PersistentMap<K extends Comparable<? super K>, V> {
    private final Node<K, V> root;

    private PersistentMap(Node<K, V> root) {
        this.root = root;
    }

    static <K extends Comparable<? super K>, V> PersistentMap<K, V> empty() {
        return new PersistentMap<>(null);
    }

    int size() {
        return Node.size(root);
    }

    int height() {
        return Node.height(root);
    }

    Optional<V> get(K key) {
        Node<K, V> node = root;
        while (node != null) {
            int order = key.compareTo(node.key);
            if (order == 0) {
                return Optional.of(node.value);
            }
            node = order < 0 ? node.left : node.right;
        }
        return Optional.empty();
    }

    boolean containsKey(K key) {
        return get(key).isPresent();
    }

    PersistentMap<K, V> with(K key, V value) {
        return new PersistentMap<>(Node.with(root, key, value));
    }

    PersistentMap<K, V> without(K key) {
        return containsKey(key) ? new PersistentMap<>(Node.without(root, key)) : this;
    }

    /** All values, in the order of their keys. */
    List<V> values() {
        List<V> values = new ArrayList<>(size());
        Node.forEach(root, values::add);
        return values;
    }

    void forEach(Consumer<? super V> action) {
        Node.forEach(root, action);
    }

    /** The matching value with the lowest key. */
    Optional<V> first(Predicate<? super V> condition) {
        return Optional.ofNullable(Node.first(root, condition));
    }

    private static final class Node<K extends Comparable<? super K>, V> {
        private final K key;
        private final V value;
        private final Node<K, V> left;
        private final Node<K, V> right;
        private final int height;
        private final int size;

        Node(K key, V value, Node<K, V> left, Node<K, V> right) {
            this.key = key;
            this.value = value;
            this.left = left;
            this.right = right;
            this.height = Math.max(height(left), height(right)) + 1;
            this.size = size(left) + size(right) + 1;
        }

        static int height(Node<?, ?> node) {
            return node == null ? 0 : node.height;
        }

        static int size(Node<?, ?> node) {
            return node == null ? 0 : node.size;
        }

        static <K extends Comparable<? super K>, V> Node<K, V> with(Node<K, V> node, K key, V value) {
            if (node == null) {
                return new Node<>(key, value, null, null);
            }
            int order = key.compareTo(node.key);
            if (order == 0) {
                return new Node<>(key, value, node.left, node.right);
            }
            return order < 0
                    ? balanced(node, with(node.left, key, value), node.right)
                    : balanced(node, node.left, with(node.right, key, value));
        }

        static <K extends Comparable<? super K>, V> Node<K, V> without(Node<K, V> node, K key) {
            int order = key.compareTo(node.key);
            if (order < 0) {
                return balanced(node, without(node.left, key), node.right);
            }
            if (order > 0) {
                return balanced(node, node.left, without(node.right, key));
            }
            if (node.left == null || node.right == null) {
                return node.left == null ? node.right : node.left;
            }
            Node<K, V> successor = lowest(node.right);
            return balanced(successor, node.left, without(node.right, successor.key));
        }

        private static <K extends Comparable<? super K>, V> Node<K, V> lowest(Node<K, V> node) {
            Node<K, V> lowest = node;
            while (lowest.left != null) {
                lowest = lowest.left;
            }
            return lowest;
        }

        /** A node with that entry over two subtrees whose heights differ by at most two. */
        private static <K extends Comparable<? super K>, V> Node<K, V> balanced(
                Node<K, V> entry, Node<K, V> left, Node<K, V> right) {
            int lean = height(left) - height(right);
            if (lean > 1) {
                return height(left.left) >= height(left.right)
                        ? over(left, left.left, over(entry, left.right, right))
                        : over(
                                left.right,
                                over(left, left.left, left.right.left),
                                over(entry, left.right.right, right));
            }
            if (lean < -1) {
                return height(right.right) >= height(right.left)
                        ? over(right, over(entry, left, right.left), right.right)
                        : over(
                                right.left,
                                over(entry, left, right.left.left),
                                over(right, right.left.right, right.right));
            }
            return over(entry, left, right);
        }

        private static <K extends Comparable<? super K>, V> Node<K, V> over(
                Node<K, V> entry, Node<K, V> left, Node<K, V> right) {
            return new Node<>(entry.key, entry.value, left, right);
        }

        static <V> void forEach(Node<?, V> node, Consumer<? super V> action) {
            if (node != null) {
                forEach(node.left, action);
                action.accept(node.value);
                forEach(node.right, action);
            }
        }

        static <V> V first(Node<?, V> node, Predicate<? super V> condition) {
            if (node == null) {
                return null;
            }
            V inLeft = first(node.left, condition);
            if (inLeft != null) {
                return inLeft;
            }
            return condition.test(node.value) ? node.value : first(node.right, condition);
        }
    }
}
