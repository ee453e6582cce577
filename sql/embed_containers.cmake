# Writes OUTPUT: a definition of citusbench::container_files() with the contents of FILES, paths below ROOT separated by
# "|".
string(REPLACE "|" ";" files "${FILES}")
set(body "#include \"core/embedded_files.hpp\"\n\n#include <array>\n\nnamespace citusbench {\n\n"
         "std::span<const ContainerFile> container_files() {\n    static constexpr std::array files = {\n")
foreach(file IN LISTS files)
    # Not split at semicolons, which a list's would be.
    file(READ ${ROOT}/${file} text)
    string(APPEND body "        ContainerFile{\"${file}\", R\"~~file~~(${text})~~file~~\"},\n")
endforeach()
string(APPEND body "    };\n    return files;\n}\n\n}\n")
string(REPLACE ";std::span" "std::span" body "${body}")
file(WRITE ${OUTPUT} "${body}")
