import Composition
import Domain

await ConveyorProcess.worker(.push).main()
