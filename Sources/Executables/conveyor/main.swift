import Commands
import FoundationEssentials
import Glibc

exit(await Conveyor.run(Array(ProcessInfo.processInfo.arguments.dropFirst()), in: .process()))
