// Stands for libtensorrt_rtx.so.1 and its parser where a test plays TensorRT: it's found, loaded
// and asked for its version. What it would do the played adapter does.
extern "C" __attribute__((visibility("default"))) int getInferLibVersion() {
  return 10701;  // "1.7.1"
}
