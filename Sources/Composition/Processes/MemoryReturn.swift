import CMalloc
import Glibc
import ServiceLifecycle

/// Gives the memory that a run has freed back to the system: the allocator keeps it in its pools otherwise, in every process of the fleet.
struct MemoryReturn: Service {
    /// Seconds.
    private static let pause = 2

    /// Has all threads share one pool: by default each of some sixteen keeps its own, torn by whatever runs leave in it. To be called before the
    /// first thread starts.
    static func prepare() {
        mallopt(M_ARENA_MAX, 1)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var rest = Rest()
            // Sleep fails only when the process is to end.
            while (try? await Task.sleep(for: .seconds(Self.pause))) != nil {
                if rest.isTime(cpu: Double(clock()) / Double(CLOCKS_PER_SEC)) { malloc_trim(0) }
            }
        }
    }
}

extension MemoryReturn {
    /// When memory goes back: as soon as the process rests, and now and then while it does not, for what it takes up again costs time.
    struct Rest {
        /// The turns at work after which some is given back all the same.
        private static let most = 7
        private var cpu = 0.0
        private var turnsAtWork = 0

        /// - Parameter cpu: the seconds of CPU that the process has used in its life; to be told every two seconds.
        mutating func isTime(cpu: Double) -> Bool {
            let isAtWork = cpu - self.cpu > 0.05 * Double(MemoryReturn.pause)
            self.cpu = cpu
            turnsAtWork = isAtWork ? turnsAtWork + 1 : 0
            return turnsAtWork.isMultiple(of: Self.most)
        }
    }
}
