import Composition
import Domain

await ConveyorProcess.worker(.stock).main()
