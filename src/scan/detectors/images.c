#include "images.h"

static const wr_image images[] = {
    { "**/vllm-openai", "vLLM", "vllm", "inference", 8000, "api-key" },
    { "**/vllm", "vLLM", "vllm", "inference", 8000, "api-key" },
    { "ollama/ollama", "Ollama", "ollama", "inference", 11434, NULL },
    { "huggingface/text-generation-inference", "Text Generation Inference", "tgi", "inference", 80, "API_KEY" },
    { "huggingface/text-embeddings-inference", "Text Embeddings Inference", "tei", "inference", 80, "API_KEY" },
    { "nvidia/tritonserver", "Triton Inference Server", "triton", "inference", 8000, NULL },
    { "**/tritonserver", "Triton Inference Server", "triton", "inference", 8000, NULL },
    { "nim/**", "NVIDIA NIM", "nvidia-nim", "inference", 8000, "" },
    { "ggml-org/llama.cpp", "llama.cpp", "llama-cpp", "inference", 8080, "api-key" },
    { "ggerganov/llama.cpp", "llama.cpp", "llama-cpp", "inference", 8080, "api-key" },
    { "localai/localai", "LocalAI", "localai", "inference", 8080, "API_KEY" },
    { "go-skynet/local-ai", "LocalAI", "localai", "inference", 8080, "API_KEY" },
    { "lmsysorg/sglang", "SGLang", "sglang", "inference", 30000, "api-key" },
    { "pytorch/torchserve", "TorchServe", "torchserve", "inference", 8080, "" },
    { "tensorflow/serving", "TensorFlow Serving", "tensorflow-serving", "inference", 8501, NULL },
    { "**/xinference", "Xinference", "xinference", "inference", 9997, "" },
    { "**/litellm", "LiteLLM", "litellm", "gateway", 4000, "MASTER_KEY" },
    { "**/litellm-database", "LiteLLM", "litellm", "gateway", 4000, "MASTER_KEY" },
    { "open-webui/open-webui", "Open WebUI", "open-webui", "gateway", 8080, "" },
    { "qdrant/qdrant", "Qdrant", "qdrant", "vector-store", 6333, "API_KEY" },
    { "semitechnologies/weaviate", "Weaviate", "weaviate", "vector-store", 8080, "AUTHENTICATION" },
    { "**/weaviate", "Weaviate", "weaviate", "vector-store", 8080, "AUTHENTICATION" },
    { "chromadb/chroma", "Chroma", "chroma", "vector-store", 8000, "AUTH" },
    { "chroma-core/chroma", "Chroma", "chroma", "vector-store", 8000, "AUTH" },
    { "milvusdb/milvus", "Milvus", "milvus", "vector-store", 19530, "" },
    { "pgvector/pgvector", "pgvector", "pgvector", "vector-store", 5432, "" },
    { "ankane/pgvector", "pgvector", "pgvector", "vector-store", 5432, "" },
    { "vespaengine/vespa", "Vespa", "vespa", "vector-store", 8080, "" },
    { "**/mlflow", "MLflow", "mlflow", "experiment-tracker", 5000, "" },
    { "langfuse/langfuse", "Langfuse", "langfuse", "experiment-tracker", 3000, "" },
    { "flowiseai/flowise", "Flowise", "flowise", "gateway", 3000, "" },
    { "jupyter/*-notebook", "Jupyter", "jupyter", "notebook", 8888, "" },
};

void wr_image_parts(wr_slice image, wr_slice *ret_name, wr_slice *ret_tag, wr_slice *ret_digest)
{
    const size_t at = wr_slice_find_char(image, '@');
    *ret_digest = at < image.len ? wr_slice_from(image, at + 1) : (wr_slice){ 0 };
    image = wr_slice_part(image, 0, at);
    const size_t slash = image.len - wr_path_name(image).len;
    const size_t tag = slash + wr_slice_find_char(wr_slice_from(image, slash), ':');
    *ret_tag = tag < image.len ? wr_slice_from(image, tag + 1) : (wr_slice){ 0 };
    image = wr_slice_part(image, 0, tag);
    /* a first part with a dot or a port is a registry */
    const size_t first = wr_slice_find_char(image, '/');
    if (first < image.len) {
        const wr_slice host = wr_slice_part(image, 0, first);
        if (wr_slice_find_char(host, '.') < host.len || wr_slice_find_char(host, ':') < host.len || wr_slice_is(host, "localhost"))
            image = wr_slice_from(image, first + 1);
    }
    *ret_name = image;
}

const wr_image *wr_image_of(wr_slice image)
{
    wr_slice name, tag, digest;
    wr_image_parts(image, &name, &tag, &digest);
    for (size_t i = 0; name.len > 0 && i < sizeof images / sizeof images[0]; i++)
        if (wr_glob_fold(wr_slice_of(images[i].pattern), name))
            return &images[i];
    return NULL;
}
