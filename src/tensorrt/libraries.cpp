#include "tensorrt/libraries.hpp"

#include <dlfcn.h>
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

namespace fs = std::filesystem;

/// A library and the parser that belongs to it.
struct Known {
  const char* runtime;
  const char* parser;
  std::int32_t header_major;
  bool rtx;
};
constexpr Known kKnown[] = {
    {"libnvinfer.so.11", "libnvonnxparser.so.11", 11, false},
    {"libnvinfer.so.10", "libnvonnxparser.so.10", 10, false},
    {"libnvinfer.so.8", "libnvonnxparser.so.8", 8, false},
    {"libtensorrt_rtx.so.1", "libtensorrt_onnxparser_rtx.so.1", 11, true},
};

std::string version_text(std::int32_t version) {
  // Up to 9 it's 1000 x major + 100 x minor + patch, later 10000 x major; RTX counts as later.
  const std::int32_t unit = version < 10000 ? 1000 : 10000;
  return fmt::format("{}.{}.{}", version / unit, version % unit / 100, version % 100);
}

std::string loader_problem() {
  const char* problem = ::dlerror();
  return problem != nullptr ? problem : "it can't be loaded";
}

void load(TensorRtLibrary& library) {
  void* runtime = ::dlopen(library.runtime.c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (runtime == nullptr) {
    library.problem = loader_problem();
    return;
  }
  const auto version = reinterpret_cast<std::int32_t (*)()>(::dlsym(runtime, "getInferLibVersion"));
  if (version == nullptr) {
    library.problem = "it doesn't tell its version";
    return;
  }
  library.version = version_text(version());
  if (::dlopen(library.parser.c_str(), RTLD_NOW) == nullptr) library.problem = loader_problem();
}

void find_adapter(TensorRtLibrary& library, const TensorRtPlaces& places) {
  const std::string name = fmt::format("colonnade_tensorrt_{}.so", library.header_major);
  for (const std::string& folder : places.module_folders) {
    std::error_code failure;
    const fs::path path = fs::path(folder) / name;
    if (!fs::exists(path, failure)) continue;
    library.adapter = path.string();
    return;
  }
  if (!library.problem.empty()) return;
  library.problem = fmt::format(
      "this build has no adapter for TensorRT {0}'s headers; configure with "
      "-DTENSORRT_ROOT=FOLDER, whose include/ holds NvInfer.h and NvOnnxParser.h of a {0}.x",
      library.header_major);
}

std::vector<fs::path> folders_of(const TensorRtPlaces& places) {
  if (!places.folder.empty()) {
    const fs::path folder(places.folder);
    return {folder, folder / "lib", folder / "lib64", folder / "tensorrt_rtx_libs"};
  }
  std::vector<fs::path> folders;
  for (const std::string& folder : places.package_folders) {
    folders.push_back(fs::path(folder) / "tensorrt_rtx_libs");
    folders.push_back(fs::path(folder) / "tensorrt_libs");
  }
  return folders;
}

bool loader_finds(const char* name) {
  void* library = ::dlopen(name, RTLD_NOW | RTLD_GLOBAL);
  return library != nullptr;
}

void add(const Known& known, const TensorRtPlaces& places, std::vector<TensorRtLibrary>& found) {
  TensorRtLibrary library;
  library.rtx = known.rtx;
  library.header_major = known.header_major;
  if (places.folder.empty() && loader_finds(known.runtime)) {
    library.runtime = known.runtime;
    library.parser = known.parser;
  }
  for (const fs::path& folder : folders_of(places)) {
    std::error_code failure;
    if (!library.runtime.empty() || !fs::exists(folder / known.runtime, failure)) continue;
    library.runtime = (folder / known.runtime).string();
    library.parser = (folder / known.parser).string();
  }
  if (library.runtime.empty()) return;
  load(library);
  find_adapter(library, places);
  found.push_back(std::move(library));
}

}  // namespace

std::string name_of(const TensorRtLibrary& library) {
  return fmt::format("TensorRT{} {}", library.rtx ? "-RTX" : "", library.version);
}

std::vector<TensorRtLibrary> find_tensorrt(const TensorRtPlaces& places) {
  std::vector<TensorRtLibrary> found;
  for (const Known& known : kKnown) add(known, places, found);
  return found;
}

TensorRtLibrary choose_tensorrt(const TensorRtPlaces& places) {
  const std::vector<TensorRtLibrary> found = find_tensorrt(places);
  std::string problems;
  for (const TensorRtLibrary& library : found) {
    if (library.problem.empty()) return library;
    problems +=
        fmt::format("{}{}: {}", problems.empty() ? "" : "; ", library.runtime, library.problem);
  }
  if (!problems.empty()) throw Error(ErrorCode::unsupported, "TensorRT", problems);
  throw Error(ErrorCode::unsupported, "TensorRT",
              fmt::format("no libnvinfer.so.11, .10 or .8 and no libtensorrt_rtx.so.1 was found{}; "
                          "give its folder as --tensorrt DIR, or install one, e.g. by pip install "
                          "tensorrt-rtx-cu13-libs; `colonnade convert` needs none",
                          places.folder.empty() ? "" : " in " + places.folder));
}

}  // namespace colonnade
