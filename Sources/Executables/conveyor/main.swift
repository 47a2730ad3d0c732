import Commands
import Composition
import FoundationEssentials
import Glibc

let arguments = ProcessInfo.processInfo.arguments
// Under the name of a process of the fleet it is that process: the image has one file for all of them.
if let name = arguments.first?.split(separator: "/").last, let process = ConveyorProcess(name: String(name)) {
    await process.main()
} else {
    exit(await Conveyor.run(Array(arguments.dropFirst()), in: .process()))
}
