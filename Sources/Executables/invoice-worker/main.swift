import Composition
import Domain

await ConveyorProcess.worker(.invoice).main()
