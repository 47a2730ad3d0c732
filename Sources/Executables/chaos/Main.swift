import ArgumentParser
import Chaos

@main
enum Main {
    static func main() async { await ChaosCommand.main() }
}
