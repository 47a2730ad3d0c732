import CMalloc
import ServiceLifecycle

/// Gives the memory that a run has freed back to the system: the allocator keeps it in its pools otherwise, in every process of the fleet.
struct MemoryReturn: Service {
    private static let pause = Duration.seconds(15)

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
