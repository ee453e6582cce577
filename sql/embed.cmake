# Writes OUTPUT: a definition of citusbench::sql_text() with the contents of every .sql file below ROOT.
file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/*.sql)
list(SORT files)
set(body "#include \"core/sql_text.hpp\"\n\n#include <stdexcept>\n#include <string>\n\n"
         "namespace citusbench {\n\nstd::string_view sql_text(std::string_view name) {\n")
foreach(file IN LISTS files)
    file(READ ${ROOT}/${file} text)
    string(APPEND body "    if (name == \"${file}\")\n        return R\"~~sql~~(${text})~~sql~~\";\n")
endforeach()
string(APPEND body "    throw std::logic_error(\"no embedded SQL file \" + std::string(name));\n}\n\n}\n")
string(REPLACE ";namespace" "namespace" body "${body}")
file(WRITE ${OUTPUT} "${body}")
