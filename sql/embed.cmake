# Writes OUTPUT: a definition of citusbench::FUNCTION(), which HEADER declares, with the contents of every file
# *.EXTENSION below ROOT.
file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/*.${EXTENSION})
list(SORT files)
set(body "#include \"${HEADER}\"\n\n#include <stdexcept>\n#include <string>\n\n"
         "namespace citusbench {\n\nstd::string_view ${FUNCTION}(std::string_view name) {\n")
foreach(file IN LISTS files)
    file(READ ${ROOT}/${file} text)
    string(APPEND body "    if (name == \"${file}\")\n        return R\"~~file~~(${text})~~file~~\";\n")
endforeach()
string(APPEND body "    throw std::logic_error(\"no embedded file \" + std::string(name));\n}\n\n}\n")
string(REPLACE ";namespace" "namespace" body "${body}")
file(WRITE ${OUTPUT} "${body}")
