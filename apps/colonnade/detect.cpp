// colonnade detect: points in, boxes out, for files and folders of sweeps.
#include <fmt/core.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "cloud/kitti_calib.hpp"
#include "cloud/text.hpp"
#include "cloud_files.hpp"
#include "colonnade/detector.hpp"
#include "colonnade/error.hpp"
#include "colonnade/io.hpp"
#include "colonnade/sweeps.hpp"
#include "engine_file/contents.hpp"
#include "image_size.hpp"
#include "output_names.hpp"
#include "report/csv.hpp"
#include "report/json_lines.hpp"
#include "report/kitti_labels.hpp"
#include "report/picture.hpp"
#include "report/progress.hpp"
#include "report/table.hpp"
#include "tensorrt_places.hpp"
#include "verbs.hpp"

namespace colonnade {
namespace {

namespace fs = std::filesystem;

struct DetectOptions {
  std::string model;
  std::vector<std::string> clouds;
  std::string sensor, sweeps, calib, kitti, picture;
  std::string format = "auto", backend = "auto", isa = "auto", precision = "auto";
  std::string tensorrt_folder;
  std::string image_size = kImageSize;
  std::string fov;  ///< Degrees; empty: the whole sweep.
  std::optional<float> score;
  int threads = 0;
  bool json = false, csv = false, stats = false;
  bool dense = false, direct = false;
};

/// Everything that's done with one frame's detections.
class Outputs {
 public:
  Outputs(const DetectOptions& options, const Detector& detector, bool several)
      : options_(options),
        detector_(detector),
        human_(!options.json && !options.csv),
        image_(image_size(options.image_size)),
        executor_(fmt::format("{} ({}{}), {} thread{}", detector.engine().backend(), detector.isa(),
                              precision_note(detector.engine().precision()), detector.threads(),
                              detector.threads() == 1 ? "" : "s")) {
    if (!options.calib.empty()) calib_ = read_kitti_calib(options.calib);
    if (!options.kitti.empty()) labels_.emplace(options.kitti, ".txt");
    if (!options.picture.empty() && (several || fs::is_directory(options.picture))) {
      pictures_.emplace(options.picture, ".png");
    } else if (const fs::path folder = fs::path(options.picture).parent_path(); !folder.empty()) {
      make_folder(folder.string());
    }
    const ModelSpec& model = detector.engine().model();
    if (human_) {
      fmt::print("{}, model {}{}\n", executor_, model.name,
                 model.note.empty() ? std::string() : " [" + model.note + "]");
    }
    if (options.csv) fmt::print("{}", csv_header(model.box.velocity));
    if (!options.kitti.empty() && !calib_) {
      fmt::print(stderr,
                 "colonnade: --kitti without --calib: camera coordinates follow KITTI's "
                 "nominal axes, 2-D boxes are -1\n");
    }
  }

  void put(const std::string& file, const CloudView& cloud, const Detections& detections) {
    const ModelSpec& model = detector_.engine().model();
    if (options_.json) fmt::print("{}", json_line(file, detections, model.classes));
    if (options_.csv) fmt::print("{}", csv_rows(file, detections, model.classes));
    if (labels_) {
      write_file(labels_->next(file),
                 kitti_labels(detections, model.classes, calib_ ? &*calib_ : nullptr, image_));
    }
    if (!options_.picture.empty()) {
      const std::string path = pictures_ ? pictures_->next(file) : options_.picture;
      PictureInput picture;
      picture.cloud = cloud;
      picture.boxes = detections.boxes;
      picture.classes = model.classes;
      picture.range = picture_range(model.grid);
      picture.file = fs::path(file).filename().string();
      picture.model = model.name;
      picture.backend = executor_;
      picture.milliseconds = detections.times_ms.total;
      picture.stamp = model.note;
      write_bev_picture(picture, path);
    }
    if (!human_) return;
    fmt::print("\n{}: {} box{} in {:.1f} ms\n{}", file, detections.boxes.size(),
               detections.boxes.size() == 1 ? "" : "es", detections.times_ms.total,
               box_table(detections, model.classes));
    if (options_.stats) fmt::print("{}", stats_text(detections));
  }

 private:
  const DetectOptions& options_;
  const Detector& detector_;
  bool human_;
  ImageSize image_;
  std::string executor_;
  std::optional<KittiCalib> calib_;
  std::optional<OutputNames> labels_, pictures_;
};

/// Degrees.
double field_of_view(const DetectOptions& options) {
  const std::optional<double> degrees = parse_number<double>(options.fov);
  if (!degrees || !(*degrees > 0 && *degrees <= 360)) {
    throw Error(ErrorCode::invalid_argument, "--fov=" + options.fov,
                "expected degrees above 0 and up to 360");
  }
  // `--fov 90` is --fov and a cloud called 90.
  for (const std::string& cloud : options.clouds) {
    if (parse_number<double>(cloud) && !fs::exists(cloud)) {
      throw Error(ErrorCode::invalid_argument, "--fov " + cloud,
                  "there is no cloud '" + cloud + "'; for the angle write --fov=" + cloud);
    }
  }
  return *degrees;
}

DetectorOptions detector_options(const DetectOptions& options) {
  DetectorOptions result;
  result.backend = options.backend;
  result.isa = options.isa;
  result.precision = options.precision;
  result.tensorrt = tensorrt_places(options.tensorrt_folder);
  result.dense = options.dense;
  result.direct = options.direct;
  result.threads = options.threads;
  if (!options.sensor.empty()) result.sensor = read_sensor_yaml(options.sensor);
  result.score_threshold = options.score;
  if (!options.fov.empty()) {
    result.field_of_view = static_cast<float>(field_of_view(options) * M_PI / 180);
  }
  result.log = [](LogLevel level, std::string_view message) {
    if (level == LogLevel::warning) fmt::print(stderr, "colonnade: {}\n", message);
  };
  return result;
}

SweepOptions sweep_options(const SensorSpec& sensor) {
  SweepOptions result;
  result.intensity_field = sensor.intensity_field;
  return result;
}

/// A frame without points: it finds the network's background and takes the memory that frames need,
/// so that the times of the first sweep are those of any.
void warm_up(Detector& detector) {
  if (detector.engine().backend() != "cpu") return;  // The reference has nothing to find.
  Cloud nothing;
  for (const char* name : {"x", "y", "z", "intensity", "dt"}) {
    nothing.fields.push_back({name, nothing.fields.size() * sizeof(float), FieldType::f32});
  }
  nothing.stride = nothing.fields.size() * sizeof(float);
  nothing.data.resize(nothing.stride);
  Detections detections;
  detector.detect(nothing.view(), detections);
}

int detect(const DetectOptions& options) {
  if (options.clouds.empty() == options.sweeps.empty()) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("expected either CLOUD... or --sweeps LIST.json, found {}",
                            options.sweeps.empty() ? "neither" : "both"));
  }
  refuse_folder(options.model);
  const CloudFormat format = cloud_format(options.format);
  const std::vector<std::string> files =
      options.sweeps.empty() ? list_clouds(options.clouds) : std::vector{options.sweeps};
  const DetectorOptions setup = detector_options(options);
  Detector detector = Detector::open(options.model, setup);
  Outputs outputs(options, detector, files.size() > 1);
  warm_up(detector);

  Progress progress(files.size());
  Detections detections;
  int status = kFine;
  bool any_detected = false, any_boxes = false;
  for (const std::string& file : files) {
    progress.start(file);
    try {
      const Cloud cloud = options.sweeps.empty()
                              ? read_cloud(file, format)
                              : read_sweep_list(file, sweep_options(setup.sensor), format);
      detector.detect(cloud.view(), detections);
      any_detected = true;
      any_boxes = any_boxes || !detections.boxes.empty();
      progress.hide();
      outputs.put(file, cloud.view(), detections);
    } catch (const Error& error) {
      progress.hide();
      report_failure(file, error.what());
      status = kSomeFailed;
    } catch (const std::bad_alloc&) {
      progress.hide();
      report_failure(file, "there isn't enough memory");
      status = kSomeFailed;
    }
  }
  if (any_detected && !any_boxes && !options.json && !options.csv) {
    fmt::print("\nno boxes: `colonnade doctor {} {}{}` says why\n", options.model,
               options.sweeps.empty() ? options.clouds.front() : "--sweeps " + options.sweeps,
               options.sensor.empty() ? std::string() : " --sensor " + options.sensor);
  }
  return status;
}

}  // namespace

Verb add_detect(CLI::App& app) {
  const auto o = std::make_shared<DetectOptions>();
  CLI::App* verb = app.add_subcommand(
      "detect",
      "Find objects in sweeps.\n\n"
      "Prints a table of boxes for each cloud. Everything that is dropped on the way, points and "
      "boxes alike, is counted: --stats prints the counts.");
  add_model(*verb, o->model);
  verb->add_option("CLOUD", o->clouds,
                   "Sweeps: .bin, .pcd.bin, .pcd, .ply, .npy, or folders of them")
      ->type_name(".bin|.pcd|.ply|.npy|DIR");
  add_sweeps(*verb, o->sweeps);
  add_cloud_format(*verb, o->format);
  verb->add_option("--sensor", o->sensor, "Mounting, intensity scale, the robot's own box")
      ->type_name("SENSOR.yaml");
  verb->add_option("--score", o->score, "Score threshold instead of the model's, 0 to 1")
      ->type_name("X");
  verb->add_flag("--fov{81.4}", o->fov,
                 "Keep only the front view, so many degrees around +x; 81.4, KITTI's camera, "
                 "without =DEGREES")
      ->type_name("DEGREES");
  CLI::Option* json =
      verb->add_flag("--json", o->json, "One JSON object a line on standard output");
  verb->add_flag("--csv", o->csv, "CSV, a row a box, on standard output")->excludes(json);
  verb->add_option("--kitti", o->kitti, "Folder for KITTI label files")->type_name("DIR");
  verb->add_option("--calib", o->calib, "KITTI calibration for --kitti")->type_name("CALIB.txt");
  add_image_size(*verb, o->image_size);
  verb->add_option("--picture", o->picture, "Bird's-eye picture; a folder for several sweeps")
      ->type_name("OUT.png|DIR");
  verb->add_flag("--stats", o->stats, "Print counts and times a stage");
  add_backend(*verb, o->backend, kTensorRtBackend);
  add_isa(*verb, o->isa);
  add_precision(*verb, o->precision);
  add_tensorrt_folder(*verb, o->tensorrt_folder);
  verb->add_flag("--dense", o->dense,
                 "Compute the whole of every BEV map, not only what the sweep can change");
  verb->add_flag("--direct", o->direct,
                 "Direct convolutions instead of Winograd's: slower, and equal to --dense --direct "
                 "bit for bit");
  add_threads(*verb, o->threads);
  verb->footer(
      "colonnade detect model/model.yaml sweep.bin --picture boxes.png --stats\n"
      "colonnade detect model/model.yaml sweeps/ --json > boxes.jsonl\n"
      "colonnade detect model/model.yaml velodyne/ --fov --kitti labels --calib calib.txt");
  return [o] { return detect(*o); };
}

}  // namespace colonnade
