import CMalloc
import ServiceLifecycle

/// Gives the memory that a run has freed back to the system: the allocator keeps it in its pools otherwise, in every process of the fleet.
struct MemoryReturn: Service {
    private static let pause = Duration.seconds(2)

    /// Has all threads share one pool, and large buffers stand outside it: by default each of some sixteen threads keeps a pool that is torn by
    /// whatever a run leaves in it, and grows for hours. To be called before the first thread starts.
    static func prepare() {
        #if canImport(Glibc)
            mallopt(M_ARENA_MAX, 1)
            mallopt(M_MMAP_THRESHOLD, 1 << 20)
            // What is free at the end waits for `malloc_trim`.
            mallopt(M_TRIM_THRESHOLD, 64 << 20)
        #endif
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.pause)) != nil {
                #if canImport(Glibc)
                    malloc_trim(0)
                #endif
            }
        }
    }
}
