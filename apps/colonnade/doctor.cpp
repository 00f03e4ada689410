// colonnade doctor: why a model finds nothing in a sensor's clouds, and the sensor.yaml that helps.
#include <fmt/core.h>

#include <cstddef>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "cloud_files.hpp"
#include "colonnade/engine.hpp"
#include "colonnade/error.hpp"
#include "colonnade/io.hpp"
#include "colonnade/sweeps.hpp"
#include "doctor/examine.hpp"
#include "doctor/examined.hpp"
#include "doctor/print.hpp"
#include "doctor/trial.hpp"
#include "doctor_tensorrt.hpp"
#include "tensorrt_places.hpp"
#include "verbs.hpp"

namespace colonnade {
namespace {

/// Clouds that are looked at: what's wrong with a sensor is wrong in all of them.
constexpr std::size_t kMostClouds = 20;

struct DoctorOptions {
  std::string model;
  std::vector<std::string> clouds;
  std::string sweeps, sensor, output;
  std::string format = "auto", backend = "auto";
  int threads = 0;
  bool json = false;
  std::string tensorrt_folder;
  const CLI::Option* tensorrt = nullptr;  ///< Given: TensorRT is looked at, no cloud.
};

/// At most kMostClouds, spread evenly over all.
std::vector<std::string> sample(const std::vector<std::string>& files) {
  if (files.size() <= kMostClouds) return files;
  std::vector<std::string> some;
  for (std::size_t i = 0; i < kMostClouds; ++i) {
    some.push_back(files[i * (files.size() - 1) / (kMostClouds - 1)]);
  }
  return some;
}

/// The clouds that could be read, with their names.
struct Clouds {
  std::vector<std::string> files;
  std::vector<Cloud> clouds;
  bool all_read = true;

  std::vector<CloudView> views() const {
    std::vector<CloudView> views;
    for (const Cloud& cloud : clouds) views.push_back(cloud.view());
    return views;
  }
};

Clouds read_clouds(const DoctorOptions& options, const SensorSpec& sensor) {
  const CloudFormat format = cloud_format(options.format);
  SweepOptions sweep_options;
  sweep_options.intensity_field = sensor.intensity_field;
  const std::vector<std::string> files =
      options.sweeps.empty() ? list_clouds(options.clouds) : std::vector{options.sweeps};
  Clouds read;
  for (const std::string& file : sample(files)) {
    try {
      read.clouds.push_back(options.sweeps.empty() ? read_cloud(file, format)
                                                   : read_sweep_list(file, sweep_options, format));
      read.files.push_back(file);
    } catch (const Error& error) {
      report_failure(file, error.what());
      read.all_read = false;
    } catch (const std::bad_alloc&) {
      report_failure(file, "there isn't enough memory");
      read.all_read = false;
    }
  }
  if (files.size() > kMostClouds) {
    fmt::print(stderr, "colonnade: looks at {} of {} clouds\n", kMostClouds, files.size());
  }
  return read;
}

/// Examined and tried again with what was advised.
void follow_advice(const std::shared_ptr<const Engine>& engine, std::span<const CloudView> clouds,
                   int threads, Report& report) {
  const Diagnosis& diagnosis = report.diagnosis;
  const SensorSpec& advised = diagnosis.advice.sensor;
  if (diagnosis.metres_per_unit == 1) {
    report.after = examine(report.model, advised, clouds);
    report.advised = try_sensor(engine, advised, clouds, threads);
    return;
  }
  std::vector<Cloud> in_metres;
  for (const CloudView& cloud : clouds) {
    in_metres.push_back(scaled(cloud, advised.intensity_field, diagnosis.metres_per_unit));
  }
  std::vector<CloudView> views;
  for (const Cloud& cloud : in_metres) views.push_back(cloud.view());
  report.after = examine(report.model, advised, views);
  report.advised = try_sensor(engine, advised, views, threads);
}

void print_text(const Report& report, const DoctorOptions& options) {
  std::size_t points = 0;
  for (const Measure& measure : report.diagnosis.findings[1].numbers) {
    if (measure.name == "points") points = static_cast<std::size_t>(measure.value);
  }
  fmt::print("{} cloud{} of {} points{}\n\n{}", report.files.size(),
             report.files.size() == 1 ? "" : "s", points,
             options.sensor.empty() ? std::string() : ", with " + options.sensor,
             report_text(report));
  if (!options.output.empty()) {
    fmt::print("{}: written; use it as detect --sensor {}\n", options.output, options.output);
  } else if (!report.diagnosis.advice.reasons.empty()) {
    fmt::print("-o sensor.yaml writes what is advised\n");
  }
}

int doctor(const DoctorOptions& options) {
  if (options.tensorrt->count() > 0) return doctor_tensorrt(options.tensorrt_folder);
  if (options.model.empty()) {
    throw Error(ErrorCode::invalid_argument, "MODEL is required, or --tensorrt");
  }
  if (options.clouds.empty() == options.sweeps.empty()) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("expected either CLOUD... or --sweeps LIST.json, found {}",
                            options.sweeps.empty() ? "neither" : "both"));
  }
  refuse_folder(options.model);
  SensorSpec sensor;
  if (!options.sensor.empty()) sensor = read_sensor_yaml(options.sensor);
  EngineOptions engine_options;
  engine_options.backend = options.backend;
  engine_options.tensorrt = tensorrt_places({});
  const auto engine = Engine::open(options.model, engine_options);
  const Clouds clouds = read_clouds(options, sensor);
  if (clouds.clouds.empty()) return kSomeFailed;

  const std::vector<CloudView> views = clouds.views();
  const Diagnosis diagnosis = examine(engine->model(), sensor, views);
  Report report{engine->model(), clouds.files, diagnosis,
                try_sensor(engine, sensor, views, options.threads)};
  if (recommends(diagnosis)) follow_advice(engine, views, options.threads, report);

  if (!options.output.empty()) {
    write_file(options.output, advised_sensor_yaml(diagnosis, clouds.files));
  }
  if (options.json) {
    fmt::print("{}", report_json(report));
  } else {
    print_text(report, options);
  }
  return diagnosis.worst() == Severity::bad || !clouds.all_read ? kSomeFailed : kFine;
}

}  // namespace

Verb add_doctor(CLI::App& app) {
  const auto o = std::make_shared<DoctorOptions>();
  CLI::App* verb = app.add_subcommand(
      "doctor",
      "Say why a model finds nothing in a sensor's clouds.\n\n"
      "Holds the clouds against what the model was trained on: units, axes, height and tilt over "
      "the ground, intensity, range, caps, rings. Each finding comes with its number, its "
      "consequence and its fix. The exit status is 1 where something is badly off.");
  add_model(*verb, o->model);
  verb->get_option("MODEL")->required(false);  // --tensorrt looks at no model.
  verb->add_option("CLOUD", o->clouds,
                   "Clouds of one sensor: .bin, .pcd.bin, .pcd, .ply, .npy, or folders of them")
      ->type_name(".bin|.pcd|.ply|.npy|DIR");
  add_sweeps(*verb, o->sweeps);
  verb->add_option("-o,--output", o->output, "Where to write the advised sensor.yaml")
      ->type_name("SENSOR.yaml");
  verb->add_option("--sensor", o->sensor, "The sensor.yaml that is in use; the advice builds on it")
      ->type_name("SENSOR.yaml");
  add_cloud_format(*verb, o->format);
  verb->add_flag("--json", o->json, "One JSON object on standard output");
  o->tensorrt = verb->add_option("--tensorrt", o->tensorrt_folder,
                                 "Say instead which TensorRT is found (in DIR), and what it can do")
                    ->type_name("DIR")
                    ->expected(0, 1);
  add_backend(*verb, o->backend);
  add_threads(*verb, o->threads);
  verb->footer(
      "colonnade doctor model/model.yaml sweep.bin -o sensor.yaml\n"
      "colonnade doctor model/model.yaml sweeps/ --sensor sensor.yaml\n"
      "colonnade doctor --tensorrt");
  return [o] { return doctor(*o); };
}

}  // namespace colonnade
