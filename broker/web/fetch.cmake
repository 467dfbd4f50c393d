# cmake -DNPM=npm -DDIRECTORY=directory -P fetch.cmake
# Fetches exactly the packages of package-lock.json; their integrity is checked by npm.
execute_process(COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund --prefer-offline
  WORKING_DIRECTORY ${DIRECTORY} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${output}\n"
    "npm could not fetch the web viewer's packages (broker/web/package-lock.json): give npm a way to "
    "its registry, or configure with -DGARASU_WEB=OFF to build without the web viewer.\n"
    "Web ビューアーのパッケージを取得できません。npm のレジストリーへの接続を確認するか、"
    "-DGARASU_WEB=OFF を指定してください。")
endif()
