import Glibc
import RadiusServer

exit(CommandLineTool.run(arguments: Array(CommandLine.arguments.dropFirst())))
