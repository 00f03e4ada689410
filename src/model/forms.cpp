#include "model/forms.hpp"

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

// SmallMunich 68d3181: every input named, or none where another torch version wrote it.
const PieceForm kSecondPfn{"the pillar feature net of second.pytorch",
                           Border::points,
                           Border::pillar_features,
                           {{InputSource::x, {1, 1, kPillars, kPoints}, {"pillar_x"}},
                            {InputSource::y, {1, 1, kPillars, kPoints}, {"pillar_y"}},
                            {InputSource::z, {1, 1, kPillars, kPoints}, {"pillar_z"}},
                            {InputSource::intensity, {1, 1, kPillars, kPoints}, {"pillar_i"}},
                            {InputSource::num_points, {1, kPillars}, {"num_points_per_pillar"}},
                            {InputSource::center_x, {1, 1, kPillars, kPoints}, {"x_sub_shaped"}},
                            {InputSource::center_y, {1, 1, kPillars, kPoints}, {"y_sub_shaped"}},
                            {InputSource::mask, {1, 1, kPillars, kPoints}, {"mask"}}}};

// Apollo 2020 and second.pytorch's own exports: features are computed in the graph.
const PieceForm kRawPfn{"a pillar feature net on raw points",
                        Border::points,
                        Border::pillar_features,
                        {{InputSource::points, {kPillars, kPoints, kFeatures}, {"voxels"}},
                         {InputSource::num_points, {kPillars}, {"num_points"}},
                         {InputSource::coords_bzyx, {kPillars, 4}, {"coors"}}}};

const PieceForm kScatter{
    "the scatter",
    Border::pillar_features,
    Border::bev_image,
    {{InputSource::pillar_features, {kPillars, kChannels}, {"voxel_features"}},
     {InputSource::coords_bzyx, {kPillars, 4}, {"coords", "coors", "voxel_coords"}}}};

const PieceForm kBackbone{"the backbone with heads",
                          Border::bev_image,
                          Border::heads,
                          {{InputSource::bev_image, {1, kChannels, kRows, kColumns}, {}}}};

// Xiao-Hu-Z's pp_pfe.onnx, hova88's cbgs_pp_multihead_pfe.onnx.
const PieceForm kDecoratedPfn{"the pillar feature net of OpenPCDet",
                              Border::points,
                              Border::pillar_features,
                              {{InputSource::points, {kPillars, kPoints, kFeatures}, {}}}};
const PieceForm kDecoratedPfn4{"the pillar feature net of OpenPCDet with a batch axis",
                               Border::points,
                               Border::pillar_features,
                               {{InputSource::points, {1, kPillars, kPoints, kFeatures}, {}}}};

// pgf20160610/PointPillars_Deploy_Python's pfn.onnx.
const PieceForm kMaskedPfn{
    "the pillar feature net of PointPillars_Deploy_Python",
    Border::points,
    Border::pillar_features,
    {{InputSource::points, {1, kPillars, kPoints, kFeatures}, {"pillar_features"}},
     {InputSource::mask, {1, kPillars, kPoints, 1}, {"pillar_mask"}}}};

// CUDA-PointPillars, 2022 on.
const PieceForm kCudaWhole{
    "the whole network of CUDA-PointPillars",
    Border::points,
    Border::heads,
    {{InputSource::points, {kPillars, kPoints, kFeatures}, {"voxels"}},
     {InputSource::coords_bzyx, {kPillars, 4}, {"voxel_idxs", "voxel_coords", "coords"}},
     {InputSource::pillar_count, {1}, {"voxel_num"}}}};

// CUDA-PointPillars, 2021: coords and counts as float tensors.
const PieceForm kCudaWhole2021{"the whole network of CUDA-PointPillars of 2021",
                               Border::points,
                               Border::heads,
                               {{InputSource::points, {kPillars, kPoints, kFeatures}, {"input"}},
                                {InputSource::coords_bzyx, {1, 1, kPillars, 4}, {"coords"}},
                                {InputSource::scatterbev_params, {1, 1, 1, 5}, {"params"}}}};

const PieceForm kMmdetWhole{"mmdeploy's end2end network",
                            Border::points,
                            Border::heads,
                            {{InputSource::points, {kPillars, kPoints, kFeatures}, {"voxels"}},
                             {InputSource::num_points, {kPillars}, {"num_points"}},
                             {InputSource::coords_bzyx, {kPillars, 4}, {"coors", "coords"}}}};

const PieceForm kZhulfWhole{
    "zhulf0804's network",
    Border::points,
    Border::heads,
    {{InputSource::points, {kPillars, kPoints, kFeatures}, {"input_pillars"}},
     {InputSource::coords_bxyz, {kPillars, 4}, {"input_coors_batch"}},
     {InputSource::num_points, {kPillars}, {"input_npoints_per_pillar"}}}};

const PieceForm* const kSecond[] = {&kSecondPfn, &kRawPfn, &kScatter, &kBackbone};
const PieceForm* const kOpenPcdet[] = {&kCudaWhole, &kCudaWhole2021, &kMmdetWhole,    &kScatter,
                                       &kBackbone,  &kDecoratedPfn,  &kDecoratedPfn4, &kMaskedPfn};
const PieceForm* const kHova88[] = {&kScatter, &kBackbone, &kDecoratedPfn, &kDecoratedPfn4};
const PieceForm* const kMmdet3d[] = {&kMmdetWhole, &kScatter, &kBackbone};
const PieceForm* const kZhulf[] = {&kZhulfWhole};

}  // namespace

std::span<const PieceForm* const> forms_of(Exporter exporter) {
  switch (exporter) {
    case Exporter::second: return kSecond;
    case Exporter::openpcdet: return kOpenPcdet;
    case Exporter::hova88: return kHova88;
    case Exporter::mmdet3d: return kMmdet3d;
    case Exporter::zhulf: return kZhulf;
  }
  throw Error(ErrorCode::internal, "unknown exporter");
}

}  // namespace colonnade
