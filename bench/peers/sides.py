"""The runtimes that take turns: each takes a graph and its inputs (name -> array) once, then runs as
often as it is told."""
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnxruntime

MODES = {"sweep-winograd": "colonnade, pillars", "sweep-direct": "colonnade, pillars, direct",
         "scan-winograd": "colonnade, scanned image", "scan-direct": "colonnade, scanned image, direct",
         "winograd": "colonnade, whole image", "direct": "colonnade, whole image, direct"}


class Colonnade:
    def __init__(self, graph, inputs, options, mode):
        self.folder = tempfile.TemporaryDirectory()
        files = []
        for i, array in enumerate(inputs.values()):
            files.append(f"{self.folder.name}/{i}.npy")
            np.save(files[-1], array)
        self.process = subprocess.Popen(
            [options.binary, graph, str(options.threads), options.isa, mode, *files],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.name = MODES[mode]
        self.version = self.process.stdout.readline().strip()
        if not self.version:
            sys.exit(f"{options.binary} doesn't run this graph")

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return [float(word) for word in self.process.stdout.readline().split()]

    def times(self, runs):
        return self.ask(str(runs))

    def close(self):
        self.process.stdin.close()
        self.process.wait()

    def outputs(self):
        self.ask(f"1 {self.folder.name}/out")
        files = sorted(pathlib.Path(self.folder.name).glob("out.*.npy"),
                       key=lambda p: int(p.name.split(".")[1]))
        return [np.load(f) for f in files]


class OnnxRuntime:
    def __init__(self, graph, inputs, options):
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = options.threads
        settings.inter_op_num_threads = 1
        self.name, self.version = "onnxruntime", onnxruntime.__version__
        self.session = onnxruntime.InferenceSession(graph, settings, providers=["CPUExecutionProvider"])
        self.take(inputs)
        self.outputs()

    def take(self, inputs):
        self.inputs = inputs

    def outputs(self):
        return self.session.run(None, self.inputs)

    def times(self, runs):
        return timed(runs, self.outputs)


class OpenVino:
    """`precision`: of INFERENCE_PRECISION_HINT. `examples`: inputs that NNCF quantizes to INT8 with."""

    def __init__(self, graph, inputs, options, precision="f32", examples=None):
        import openvino
        self.openvino, core = openvino, openvino.Core()
        model = core.read_model(graph)
        model.reshape({name: list(array.shape) for name, array in inputs.items()})
        if examples is not None:
            import nncf
            model = nncf.quantize(model, nncf.Dataset(examples), preset=nncf.QuantizationPreset.MIXED,
                                  subset_size=len(examples))
        self.name, self.version = "openvino", openvino.__version__.split("-")[0]
        self.request = core.compile_model(model, "CPU", {
            "INFERENCE_NUM_THREADS": options.threads, "INFERENCE_PRECISION_HINT": precision,
            "PERFORMANCE_HINT": "LATENCY"}).create_infer_request()
        self.take(inputs)
        self.infer()

    def take(self, inputs):
        self.inputs = {name: self.openvino.Tensor(array) for name, array in inputs.items()}

    def infer(self):
        self.request.infer(self.inputs, share_inputs=True, share_outputs=True)

    def outputs(self):
        self.infer()
        return [np.array(tensor.data) for tensor in self.request.output_tensors]

    def times(self, runs):
        return timed(runs, self.infer)


class Mnn:
    """Converted by its own tool. FP32 by `precision: high`."""

    def __init__(self, graph, inputs, options):
        import MNN
        self.mnn, self.name, self.version = MNN, "MNN", MNN.version()
        with tempfile.TemporaryDirectory() as folder:
            converted = f"{folder}/graph.mnn"
            converter = pathlib.Path(sys.executable).with_name("mnnconvert")
            subprocess.run([converter, "-f", "ONNX", "--modelFile", graph, "--MNNModel", converted,
                            "--bizCode", "bench"], check=True, capture_output=True)
            self.interpreter = MNN.Interpreter(converted)
        self.session = self.interpreter.createSession(
            {"numThread": options.threads, "precision": "high", "backend": "CPU"})
        for name, array in inputs.items():
            self.interpreter.resizeTensor(self.interpreter.getSessionInput(self.session, name),
                                          array.shape)
        self.interpreter.resizeSession(self.session)
        self.take(inputs)
        self.names = output_names(graph)
        self.infer()

    def take(self, inputs):
        self.inputs = [(self.interpreter.getSessionInput(self.session, name),
                        self.host(array.shape, array)) for name, array in inputs.items()]

    def host(self, shape, array):
        return self.mnn.Tensor(tuple(shape), self.mnn.Halide_Type_Float, array,
                               self.mnn.Tensor_DimensionType_Caffe)

    def infer(self):
        for tensor, array in self.inputs:
            tensor.copyFrom(array)
        self.interpreter.runSession(self.session)

    def outputs(self):
        self.infer()
        result = []
        for name in self.names:
            tensor = self.interpreter.getSessionOutput(self.session, name)
            host = self.host(tensor.getShape(), np.zeros(tensor.getShape(), np.float32))
            tensor.copyToHostTensor(host)
            result.append(np.array(host.getNumpyData()).reshape(tensor.getShape()))
        return result

    def times(self, runs):
        return timed(runs, self.infer)


class Ncnn:
    """Converted by pnnx, weights kept in FP32; every reduced storage and arithmetic off."""

    def __init__(self, graph, inputs, options):
        import ncnn
        self.name, self.version = "ncnn", ncnn.__version__
        with tempfile.TemporaryDirectory() as folder:
            os.symlink(pathlib.Path(graph).resolve(), f"{folder}/graph.onnx")
            shapes = ",".join(f"[{','.join(map(str, a.shape))}]" for a in inputs.values())
            converter = pathlib.Path(sys.executable).with_name("pnnx")
            subprocess.run([converter, "graph.onnx", f"inputshape={shapes}", "fp16=0"], cwd=folder,
                           check=True, capture_output=True)
            self.net = ncnn.Net()
            self.net.opt.num_threads = options.threads
            for option in ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic",
                           "use_bf16_storage"):
                setattr(self.net.opt, option, False)
            self.net.load_param(f"{folder}/graph.ncnn.param")
            self.net.load_model(f"{folder}/graph.ncnn.bin")
        self.mat, self.count = ncnn.Mat, len(output_names(graph))
        self.take(inputs)
        self.infer()

    def take(self, inputs):
        self.inputs = [self.mat(array[0]).clone() for array in inputs.values()]  # Without the batch.

    def infer(self):
        extractor = self.net.create_extractor()
        for i, array in enumerate(self.inputs):
            extractor.input(f"in{i}", array)
        return [extractor.extract(f"out{i}")[1] for i in range(self.count)]

    def outputs(self):
        return [np.array(tensor)[None] for tensor in self.infer()]

    def times(self, runs):
        return timed(runs, self.infer)


PEERS = {"onnxruntime": OnnxRuntime, "openvino": OpenVino, "mnn": Mnn, "ncnn": Ncnn}


def output_names(graph):
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    return [value.name for value in session.get_outputs()]


def timed(runs, function):
    result = []
    for _ in range(runs):
        start = time.perf_counter()
        function()
        result.append((time.perf_counter() - start) * 1e3)
    return result
