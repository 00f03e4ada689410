#include "doctor_tensorrt.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "tensorrt_places.hpp"
#include "verbs.hpp"

namespace colonnade {
namespace {

void print(const TensorRtLibrary& library) {
  const bool usable = library.problem.empty();
  fmt::print("{} TensorRT{} {}\n", usable ? "+" : "-", library.rtx ? "-RTX" : "",
             library.version.empty() ? "(version unknown)" : library.version);
  fmt::print("    library  {}\n    parser   {}\n", library.runtime, library.parser);
  fmt::print("    adapter  {}\n", library.adapter.empty() ? "none" : library.adapter);
  if (!usable) {
    fmt::print("    problem  {}\n", library.problem);
    return;
  }
  fmt::print("    builds   plans of ONNX graphs{}\n",
             library.rtx ? ", without a GPU" : ", on the GPU that will run them");
  if (library.rtx) {
    // Measured with 1.7: compute capability 9.0 (H100) is refused when a plan is loaded.
    fmt::print(
        "    runs     on compute capability 8.0, 8.6, 8.9 and 12.0 or more; 9.0 (H100) is "
        "refused by the library\n");
  }
}

}  // namespace

int doctor_tensorrt(const std::string& folder) {
  const TensorRtPlaces places = tensorrt_places(folder);
  const std::vector<TensorRtLibrary> found = find_tensorrt(places);
  for (const TensorRtLibrary& library : found) print(library);
  if (std::any_of(found.begin(), found.end(),
                  [](const TensorRtLibrary& library) { return library.problem.empty(); })) {
    return kFine;
  }
  if (found.empty()) choose_tensorrt(places);  // Says what was looked for.
  return kSomeFailed;
}

}  // namespace colonnade
