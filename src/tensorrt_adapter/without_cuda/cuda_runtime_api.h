/* What TensorRT's headers name of CUDA's, for machines without it: building a plan calls none. */
#pragma once

typedef struct CUstream_st* cudaStream_t;
typedef struct CUevent_st* cudaEvent_t;
