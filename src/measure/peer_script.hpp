// The other side of peer.hpp: a program for Python.
#pragma once

namespace colonnade {

/// Arguments: GRAPH.onnx THREADS INPUT.npy ... in the graph's order. Its first line of output is
/// what runs, or "missing" and a module's name; then a line of milliseconds for each line of input.
/// Lines that begin with '!' say what went wrong.
inline constexpr const char* kPeerScript = R"python(
import signal, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
try:
    import numpy, onnxruntime
except ImportError as error:
    print("missing", error.name, flush=True)
    sys.exit()
try:
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = int(sys.argv[2])
    settings.inter_op_num_threads = 1
    settings.log_severity_level = 3
    session = onnxruntime.InferenceSession(sys.argv[1], settings, providers=["CPUExecutionProvider"])
    inputs = {i.name: numpy.load(f) for i, f in zip(session.get_inputs(), sys.argv[3:])}
    session.run(None, inputs)
    print("onnxruntime", onnxruntime.__version__, flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        session.run(None, inputs)
        print((time.perf_counter() - start) * 1e3, flush=True)
except Exception as error:
    print("!", " ".join(str(error).split()), flush=True)
)python";

}  // namespace colonnade
