import Commands
import Composition
import Glibc

// Under the name of a process of the fleet it is that process: the image has one file for all of them. (`ProcessInfo` would tell the file.)
if let name = CommandLine.arguments.first?.split(separator: "/").last, let process = ConveyorProcess(name: String(name)) {
    await process.main()
} else {
    exit(await Conveyor.run(Array(CommandLine.arguments.dropFirst()), in: .process()))
}
