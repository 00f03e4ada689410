#include "tensorrt_places.hpp"

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace colonnade {
namespace {

namespace fs = std::filesystem;

/// `prefix`/lib/python3.X/{site,dist}-packages.
void add_packages(const fs::path& prefix, std::vector<std::string>& folders) {
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(prefix / "lib", failure)) {
    if (entry.path().filename().string().rfind("python3", 0) != 0) continue;
    folders.push_back((entry.path() / "site-packages").string());
    folders.push_back((entry.path() / "dist-packages").string());
  }
}

}  // namespace

void add_tensorrt_folder(CLI::App& verb, std::string& folder) {
  verb.add_option("--tensorrt", folder,
                  "Where TensorRT lies; else the loader's paths and Python's packages")
      ->type_name("DIR");
}

TensorRtPlaces tensorrt_places(const std::string& folder) {
  TensorRtPlaces places;
  places.folder = folder;
  if (const char* environment = std::getenv("VIRTUAL_ENV"))
    add_packages(environment, places.package_folders);
  if (const char* home = std::getenv("HOME"))
    add_packages(fs::path(home) / ".local", places.package_folders);
  for (const char* prefix : {"/usr/local", "/usr"}) add_packages(prefix, places.package_folders);
  // Beside the command as it's built, or as it's installed.
  std::error_code failure;
  const fs::path command = fs::read_symlink("/proc/self/exe", failure).parent_path();
  places.module_folders = {(command / "modules").string(),
                           (command / ".." / COLONNADE_MODULE_FOLDER).string()};
  return places;
}

bool is_plan_file(const std::string& file) {
  return std::filesystem::path(file).extension() == ".plan";
}

}  // namespace colonnade
