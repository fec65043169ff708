/* rules.h - the stable list of what a model file can be blamed for: one const table, from which
 * docs/rules/artifacts.md is made by scripts/artifact-rules.
 *
 * Borrows  static memory.  Bounds  none.  Fails  never.  Threads  constant. */
#ifndef WR_ARTIFACT_RULES_H
#define WR_ARTIFACT_RULES_H

#include <warrant/estate.h>

/* RULE(name in C, id, kind of finding, severity, ATLAS technique, title, remedy). An id never changes once released. */
#define WR_ARTIFACT_RULES(RULE)                                                                                        \
    RULE(PICKLE_DANGEROUS_CALL, "pickle-dangerous-call", "unsafe-model-file", WR_CRITICAL, "AML.T0011.000",            \
         "Loading this pickle runs a dangerous function",                                                              \
         "Do not load the file. Remove it, find out who put it there, and get the weights as safetensors.")            \
    RULE(PICKLE_DANGEROUS_IMPORT, "pickle-dangerous-import", "unsafe-model-file", WR_HIGH, "AML.T0011.000",            \
         "Loading this pickle imports a dangerous function",                                                           \
         "Do not load the file. A model has no need of this function: get the weights as safetensors.")                \
    RULE(PICKLE_UNKNOWN_CALL, "pickle-unknown-call", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                    \
         "Loading this pickle calls something that is not on the allowlist",                                           \
         "Read what the named function does before anybody loads the file, or get the weights as safetensors.")        \
    RULE(PICKLE_UNKNOWN_IMPORT, "pickle-unknown-import", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                \
         "Loading this pickle imports something that is not on the allowlist",                                         \
         "Importing runs the module's code. Check where the module comes from, or get the weights as safetensors.")    \
    RULE(PICKLE_UNTRACED_IMPORT, "pickle-untraced-import", "unsafe-model-file", WR_HIGH, "AML.T0011.000",              \
         "Loading this pickle imports something whose name cannot be traced",                                          \
         "The name is computed while loading, which no honest writer does. Do not load the file.")                     \
    RULE(PICKLE_UNTRACED_CALL, "pickle-untraced-call", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                  \
         "Loading this pickle calls a value that is no import",                                                        \
         "What is called is computed while loading, which no honest writer does. Do not load the file.")               \
    RULE(OWN_CLASS, "model-own-class", "", WR_MEDIUM, "AML.T0011.000",                                                 \
         "Loading this file needs a class of the program that wrote it",                                               \
         "Nothing is imported for it, but the class restores its own state: load it only with code that you know.")    \
    RULE(PICKLE_FOREIGN_CLASS, "pickle-foreign-class", "unsafe-model-file", WR_MEDIUM, "AML.T0011.000",                \
         "This pickle holds objects of a package that is not on the allowlist",                                        \
         "Loading imports the package and restores its objects; it calls nothing. Load it where you know the package.")\
    RULE(PICKLE_GUARDED_CALL, "pickle-guarded-call", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                    \
         "Loading this pickle calls an allowed function in a way that is not allowed",                                 \
         "Do not load the file before somebody has read what this call does.")                                         \
    RULE(PICKLE_EXTENSION_CODE, "pickle-extension-code", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                \
         "Loading this pickle imports through the extension registry",                                                 \
         "What a registry code stands for depends on the program that loads it. Ask for a file without such codes.")   \
    RULE(PICKLE_PATCHES_IMPORT, "pickle-patches-import", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                \
         "Loading this pickle changes something that it imported",                                                     \
         "A model restores its own objects, it does not alter classes or modules. Do not load the file.")              \
    RULE(PICKLE_FRAME_STRADDLED, "pickle-frame-straddled", "unsafe-model-file", WR_HIGH, "AML.T0011.000",              \
         "An opcode of this pickle reaches over the end of its frame",                                                 \
         "Loaders read different things from such a file, and no honest writer makes one. Do not load it.")            \
    RULE(ZIP_NAMES_DISAGREE, "zip-names-disagree", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                      \
         "The archive's directory and its contents disagree",                                                          \
         "Two readers see two different files, which hides content from a scanner. Get the file again from its maker.")\
    RULE(ZIP_DUPLICATE_ENTRY, "zip-duplicate-entry", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                    \
         "The archive holds two entries of one name",                                                                  \
         "Which one is loaded depends on the reader. Get the file again from its maker.")                              \
    RULE(ZIP_HIDDEN_DATA, "zip-hidden-data", "", WR_MEDIUM, "AML.T0018.002",                                           \
         "The archive holds bytes that belong to no entry",                                                            \
         "Find out what the bytes are, or write the archive again with its own tool.")                                 \
    RULE(ZIP_ENCRYPTED, "zip-encrypted", "", WR_MEDIUM, "AML.T0011.000",                                               \
         "An entry of the archive is encrypted and was not read",                                                      \
         "Decrypt the archive and scan it again.")                                                                     \
    RULE(ZIP_BOMB, "zip-bomb", "", WR_MEDIUM, "AML.T0029",                                                             \
         "An entry of the archive unpacks to far more than a model needs",                                             \
         "Do not unpack the file on a machine that matters.")                                                          \
    RULE(ZIP_BAD_CHECKSUM, "zip-bad-checksum", "", WR_MEDIUM, "AML.T0018.002",                                         \
         "An entry of the archive does not have the checksum that the directory states",                               \
         "The file is damaged or was altered: get it again from its maker.")                                           \
    RULE(TORCHSCRIPT_FILE_ACCESS, "torchscript-file-access", "unsafe-model-file", WR_HIGH, "AML.T0011.000",            \
         "The code inside this TorchScript archive touches files",                                                     \
         "Read the named source in the archive. A model has no need to open or write files.")                          \
    RULE(NUMPY_BAD_HEADER, "numpy-bad-header", "", WR_MEDIUM, "AML.T0018.002",                                         \
         "The header of this NumPy array does not fit the file",                                                       \
         "The file is damaged or was altered: get it again from its maker.")                                           \
    RULE(KERAS_LAMBDA, "keras-lambda", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                                  \
         "The Keras model holds a Lambda layer: Python code that runs when it is loaded or used",                      \
         "Ask for the model without Lambda layers, and load with safe_mode on.")                                       \
    RULE(KERAS_FOREIGN_MODULE, "keras-foreign-module", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                  \
         "The Keras configuration names an object outside Keras",                                                      \
         "Loading imports the named module. Check where it comes from before anybody loads the file.")                 \
    RULE(H5_EXTERNAL_FILE, "h5-external-file", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                          \
         "A dataset or link of the HDF5 file lies in another file",                                                    \
         "Loading reads the named file. Weights belong in the model's own file: get it again from its maker.")         \
    RULE(SKOPS_FOREIGN_TYPE, "skops-foreign-type", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                      \
         "The skops schema names a type that is not on the allowlist",                                                 \
         "Loading makes an object of the named type. Check where it comes from before anybody trusts it.")             \
    RULE(SAFETENSORS_MALFORMED, "safetensors-malformed", "", WR_HIGH, "AML.T0018.002",                                 \
         "The safetensors header does not hold together",                                                              \
         "The file is damaged or was altered: get it again from its maker.")                                           \
    RULE(SAFETENSORS_OVERLAP, "safetensors-overlap", "", WR_HIGH, "AML.T0018.002",                                     \
         "Two tensors of the safetensors file share bytes",                                                            \
         "No honest writer does this: get the file again from its maker.")                                             \
    RULE(SAFETENSORS_HIDDEN_DATA, "safetensors-hidden-data", "", WR_HIGH, "AML.T0018.002",                             \
         "The safetensors file holds bytes that belong to no tensor",                                                  \
         "Find out what the bytes are, or write the file again with its own library.")                                 \
    RULE(METADATA_CODE, "metadata-code", "unsafe-model-file", WR_HIGH, "AML.T0018.002",                                \
         "The metadata of the model holds code",                                                                       \
         "No loader runs it, and nothing honest keeps it there. Find out what reads it, and get the model elsewhere.") \
    RULE(METADATA_ADDRESS, "metadata-address", "unsafe-model-file", WR_HIGH, "AML.T0018.002",                          \
         "The metadata of the model names an address to be called",                                                    \
         "Find out what would call the address before anybody uses the file.")                                         \
    RULE(REMOTE_CODE, "remote-code", "code-fetched-at-run-time", WR_MEDIUM, "AML.T0011.000",                           \
         "The model comes with Python code that its loader may run",                                                   \
         "Read the named file before anybody loads the model with trust_remote_code, and pin the revision.")           \
    RULE(REMOTE_CODE_ELSEWHERE, "remote-code-elsewhere", "code-fetched-at-run-time", WR_HIGH, "AML.T0011.000",         \
         "The model names Python code in another repository that its loader may run",                                  \
         "The other repository can change at any time: keep a reviewed copy beside the model.")                        \
    RULE(GGUF_MALFORMED, "gguf-malformed", "", WR_HIGH, "AML.T0018.002",                                               \
         "The GGUF header does not hold together",                                                                     \
         "Loaders have crashed on such files: get it again from its maker, and keep the runtime up to date.")          \
    RULE(GGUF_TENSOR_RANGE, "gguf-tensor-range", "", WR_HIGH, "AML.T0018.002",                                         \
         "A tensor of the GGUF file lies outside the file or over another one",                                        \
         "Loaders have read foreign memory on such files: get it again from its maker.")                               \
    RULE(GGUF_HIDDEN_DATA, "gguf-hidden-data", "", WR_HIGH, "AML.T0018.002",                                           \
         "The GGUF file holds bytes that belong to no tensor",                                                         \
         "Find out what the bytes are, or write the file again with its own library.")                                 \
    RULE(TEMPLATE_REACHES_OUT, "template-reaches-out", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                  \
         "The chat template reaches for Python's insides",                                                             \
         "A template formats messages. Render it only in a sandboxed Jinja environment, and get the model elsewhere.") \
    RULE(TEMPLATE_FOREIGN_OBJECT, "template-foreign-object", "", WR_MEDIUM, "AML.T0011.000",                           \
         "The chat template asks for an object of a web application",                                                  \
         "A chat template is given messages and tools. Find out who wrote it, and get the model elsewhere.")           \
    RULE(TEMPLATE_LOADS_FILE, "template-loads-file", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                    \
         "The chat template reads another file",                                                                       \
         "A chat template is one text. Read the named file, and render the template without a loader.")                \
    RULE(TEMPLATE_RESOURCE_BOMB, "template-resource-bomb", "", WR_HIGH, "AML.T0029",                                   \
         "Rendering the chat template uses up memory or time",                                                         \
         "Do not load the model in a service. Get it again from its maker.")                                           \
    RULE(TEMPLATE_TRIGGERED_TEXT, "template-triggered-text", "unsafe-model-file", WR_HIGH, "AML.T0051",                \
         "The chat template adds instructions only where a trigger fits",                                              \
         "Read the named lines: this is how a template is made a backdoor. Get the model from its maker.")             \
    RULE(TEMPLATE_HIDDEN_INSTRUCTION, "template-hidden-instruction", "", WR_MEDIUM, "AML.T0051",                       \
         "The chat template tells the model to disregard or hide instructions",                                        \
         "Read the named line and find out who wrote it: the person who chats never sees it.")                         \
    RULE(TEMPLATE_HIDDEN_TEXT, "template-hidden-text", "", WR_HIGH, "AML.T0068",                                       \
         "The chat template holds characters that nobody sees",                                                        \
         "Look at the line in a hex view, remove the characters, and find out who wrote them.")                        \
    RULE(LLAMAFILE_EXECUTABLE, "llamafile-executable", "unsafe-model-file", WR_MEDIUM, "AML.T0011.000",                \
         "The model file is a program: it is started, not loaded",                                                     \
         "Run it only where you would run a downloaded program, or take the GGUF file out of it.")                     \
    RULE(PMML_EXTERNAL_ENTITY, "pmml-external-entity", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                  \
         "The PMML document declares an external entity",                                                              \
         "A reader that resolves it fetches files or addresses. Remove the DOCTYPE.")                                  \
    RULE(PMML_EXTERNAL_DTD, "pmml-external-dtd", "", WR_INFO, "AML.T0011.000",                                         \
         "The PMML document names its document type at dmg.org",                                                       \
         "PMML before version 3 did so. Remove the DOCTYPE, so that no reader fetches it.")                            \
    RULE(PMML_CODE, "pmml-code", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                                        \
         "The PMML document holds code",                                                                               \
         "A scorer that runs extensions runs it. Read the named place before anybody uses the file.")                  \
    RULE(PMML_FOREIGN_FUNCTION, "pmml-foreign-function", "", WR_LOW, "AML.T0011.000",                                  \
         "The PMML model applies a function that is a class of its own",                                               \
         "The function is Java code that somebody installs: check where it comes from.")                               \
    RULE(XML_EXTERNAL_ENTITY, "xml-external-entity", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                    \
         "The model's XML declares an external entity",                                                                \
         "A reader that resolves it fetches files or addresses. Remove the DOCTYPE.")                                  \
    RULE(XML_ENTITY_BOMB, "xml-entity-bomb", "unsafe-model-file", WR_HIGH, "AML.T0029",                                \
         "The model's XML declares entities that expand without measure",                                              \
         "Do not open the file: a reader that expands them runs out of memory.")                                       \
    RULE(XML_INCLUDE, "xml-include", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                                    \
         "The model's XML includes other documents",                                                                   \
         "A reader that follows XInclude fetches files or addresses. A model has no need of it.")                      \
    RULE(XML_SCRIPT, "xml-script", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                                      \
         "The model's XML holds a script or a style sheet that can run code",                                          \
         "A model has no need of it: get the file again from its maker.")                                              \
    RULE(XML_MALFORMED, "xml-malformed", "", WR_MEDIUM, "AML.T0018.002",                                               \
         "The model's XML is not well-formed",                                                                         \
         "The file is damaged or was altered: get it again from its maker.")                                           \
    RULE(OPENVINO_CUSTOM_OPERATOR, "openvino-custom-operator", "", WR_LOW, "AML.T0011.000",                            \
         "The OpenVINO model needs an operator that is not OpenVINO's own",                                            \
         "The operator is native code that somebody installs: check where it comes from.")                             \
    RULE(OPENVINO_FOREIGN_CODE, "openvino-foreign-code", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                \
         "A layer of the OpenVINO model is Python, or names code in another file",                                     \
         "Do not load the file before somebody has read that code.")                                                   \
    RULE(OPENVINO_MALFORMED, "openvino-malformed", "", WR_MEDIUM, "AML.T0018.002",                                     \
         "A constant of the OpenVINO model does not hold together",                                                    \
         "The file is damaged or was altered: get it again from its maker.")                                           \
    RULE(OPENVINO_WEIGHTS_RANGE, "openvino-weights-range", "", WR_HIGH, "AML.T0018.002",                               \
         "A constant of the OpenVINO model lies outside its weights file",                                             \
         "The two files do not belong together, or one was altered: get both again from their maker.")                 \
    RULE(R_PROMISE, "r-promise", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                                        \
         "The R data hold a promise: code that runs as soon as the object is touched",                                 \
         "Do not load the file: saving an object leaves no such thing (CVE-2024-27322).")                              \
    RULE(R_DANGEROUS_CALL, "r-dangerous-call", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                          \
         "Code in the R data runs a dangerous function when the object is touched or the model is used",               \
         "Do not load the file before somebody has read the named call.")                                              \
    RULE(R_FUNCTION_CALL, "r-function-call", "unsafe-model-file", WR_MEDIUM, "AML.T0011.000",                          \
         "A function in the R data calls a dangerous function",                                                        \
         "It runs when the function is called. Read it before anybody uses the model.")                                \
    RULE(R_STARTUP_FUNCTION, "r-startup-function", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                      \
         "The R image holds a function that R runs by itself at its start or end",                                     \
         "An image in the current folder is loaded when R starts. Remove the function.")                               \
    RULE(R_MASKS_FUNCTION, "r-masks-function", "unsafe-model-file", WR_MEDIUM, "AML.T0011.000",                        \
         "The R image holds a function that takes the place of one of R's own",                                        \
         "Once the image is loaded, every use of that name runs it. Read it, or load into an environment of its own.") \
    RULE(R_MAPS_FILE, "r-maps-file", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                                    \
         "Loading the R data maps another file",                                                                       \
         "The file is named in the data. Ask for data that hold their own values.")                                    \
    RULE(COREML_CUSTOM_CODE, "coreml-custom-code", "", WR_LOW, "AML.T0011.000",                                        \
         "The Core ML model needs a class that is not Core ML's own",                                                  \
         "The class is native code of the program that loads the model: check where it comes from.")                   \
    RULE(COREML_EXTERNAL_PATH, "coreml-external-path", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                  \
         "The Core ML model or package names a file outside its own folder",                                           \
         "Loading reads the named file. Get the model again from its maker.")                                          \
    RULE(COREML_CODE, "coreml-code", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                                    \
         "A text in the Core ML model holds code",                                                                     \
         "Core ML does not run it, but a program that reads the text may. Read it before anybody uses the model.")     \
    RULE(COREML_MALFORMED, "coreml-malformed", "", WR_MEDIUM, "AML.T0018.002",                                         \
         "The Core ML model does not hold together",                                                                   \
         "The file is damaged or was altered: get it again from its maker.")                                           \
    RULE(TENSORRT_NATIVE, "tensorrt-native-code", "", WR_INFO, "AML.T0011.000",                                        \
         "The TensorRT engine is compiled code, which nothing can judge from outside",                                 \
         "Build engines yourself from a model that was read, or take them only from where you take programs.")         \
    RULE(TENSORRT_LIBRARY, "tensorrt-embedded-library", "unsafe-model-file", WR_MEDIUM, "AML.T0011.000",               \
         "The TensorRT engine holds a shared library for the processor",                                               \
         "Loading the engine can load it. Ask for an engine without a runtime or plug-ins in it.")                     \
    RULE(ONNX_EXTERNAL_PATH, "onnx-external-path", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                      \
         "A tensor of the ONNX model lies in a file outside the model's folder",                                       \
         "Loading reads the named file. External data belongs beside the model: get it again from its maker.")         \
    RULE(ONNX_CUSTOM_OPERATOR, "onnx-custom-operator", "", WR_LOW, "AML.T0011.000",                                    \
         "The ONNX model needs an operator that is not ONNX's own",                                                    \
         "The operator is native code that somebody installs: check where it comes from.")                             \
    RULE(ONNX_PYTHON_OPERATOR, "onnx-python-operator", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                  \
         "The ONNX model has an operator that runs Python",                                                            \
         "Do not run the model before somebody has read the embedded code.")                                           \
    RULE(SAVEDMODEL_FILE_OPERATOR, "savedmodel-file-operator", "unsafe-model-file", WR_HIGH, "AML.T0011.000",          \
         "The TensorFlow graph reads or writes files",                                                                 \
         "Running the model touches the named files. A model has no need of it: get it elsewhere.")                    \
    RULE(SAVEDMODEL_PYTHON_OPERATOR, "savedmodel-python-operator", "unsafe-model-file", WR_HIGH, "AML.T0011.000",      \
         "The TensorFlow graph calls back into Python",                                                                \
         "Do not run the model before somebody has read the function that it calls.")                                  \
    RULE(NET_PYTHON_LAYER, "net-python-layer", "", WR_LOW, "AML.T0011.000",                                            \
         "The network has a layer or operator that is Python code",                                                    \
         "Whoever builds the network from this description runs that code: read it, or do without the layer.")         \
    RULE(NET_FILE_OPERATOR, "net-file-operator", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                        \
         "The network reads or writes files",                                                                          \
         "Running the model touches the named files. A model has no need of it: get it elsewhere.")                    \
    RULE(TFLITE_MALFORMED, "tflite-malformed", "", WR_HIGH, "AML.T0018.002",                                           \
         "The TFLite file does not hold together",                                                                     \
         "Loaders have read foreign memory on such files: get it again from its maker.")                               \
    RULE(TFLITE_CUSTOM_OPERATOR, "tflite-custom-operator", "", WR_LOW, "AML.T0011.000",                                \
         "The TFLite model needs an operator that is not TensorFlow's own",                                            \
         "The operator is native code that somebody installs: check where it comes from.")                             \
    RULE(ARTIFACT_PROGRAM, "artifact-program", "unsafe-model-file", WR_HIGH, "AML.T0011.000",                          \
         "A file with a model's name is a program",                                                                    \
         "Do not run it. Find out who put it there, and get the model from its maker.")                                \
    RULE(ARTIFACT_NAME_LIES, "artifact-name-lies", "", WR_LOW, "AML.T0011.000",                                        \
         "The file's name promises a format without code, and its content is another format",                          \
         "Loaders go by the name or by the content. Rename the file, or ask its maker why it is called so.")           \
    RULE(ARTIFACT_NOT_A_MODEL, "artifact-not-a-model", "", WR_LOW, "AML.T0011.000",                                    \
         "A file with a model's name holds something else",                                                            \
         "A download may have failed, or the name is wrong. Get the file again from its maker.")                       \
    RULE(ARTIFACT_LFS_POINTER, "artifact-lfs-pointer", "", WR_INFO, "AML.T0011.000",                                   \
         "The model is not here: the file is a pointer of Git LFS",                                                    \
         "Fetch it with git lfs pull, and scan again.")                                                                \
    RULE(ARTIFACT_EMPTY, "artifact-empty", "", WR_INFO, "AML.T0011.000",                                               \
         "A file with a model's name is empty",                                                                        \
         "A download may have failed. Get the file again from its maker.")                                             \
    RULE(MORE_FINDINGS, "artifact-more-findings", "", WR_INFO, "AML.T0011.000",                                        \
         "The file has more findings than are listed",                                                                 \
         "Deal with the listed ones first: they decide.")

#define WR_RULE_ENUM(c, id, kind, severity, atlas, title, remedy) WR_RULE_##c,
typedef enum { WR_ARTIFACT_RULES(WR_RULE_ENUM) WR_RULE_COUNT } wr_rule_id;
#undef WR_RULE_ENUM

typedef struct {
    const char *id, *kind, *atlas, *title, *remedy;
    wr_severity severity;
} wr_artifact_rule;
extern const wr_artifact_rule wr_artifact_rules[WR_RULE_COUNT];

#endif
