import ArgumentParser
import Bench

@main
enum Main {
    static func main() async { await BenchCommand.main() }
}
