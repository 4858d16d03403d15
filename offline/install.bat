@echo off
rem 离线安装 duban：安装.bat [安装目录]　默认装到 %LOCALAPPDATA%\duban。需要 Python @PYTHON@（64位），不需要网络。
setlocal
cd /d "%~dp0"
set "target=%~1"
if "%target%"=="" set "target=%LOCALAPPDATA%\duban"

set "python="
py -@PYTHON@ -c "import venv" >nul 2>&1 && set "python=py -@PYTHON@"
if not defined python (
    python -c "import sys, venv; sys.exit('%%d.%%d' %% sys.version_info[:2] != '@PYTHON@')" >nul 2>&1 && set "python=python"
)
if not defined python (
    echo 没有安装：找不到 Python @PYTHON@。请先安装 64 位的 Python @PYTHON@，再运行本脚本。
    pause
    exit /b 2
)

%python% -c "import hashlib, pathlib, sys; sys.exit(any(hashlib.sha256(pathlib.Path(name).read_bytes()).hexdigest() != digest for digest, name in (line.split() for line in open('SHA256SUMS'))))"
if errorlevel 1 (
    echo 没有安装：安装包不完整或被改动过，请重新拷贝。
    pause
    exit /b 2
)

rem 出错则原来的版本照旧：先挪开，装好了才删。
if exist "%target%.old" rmdir /s /q "%target%.old"
if exist "%target%" move "%target%" "%target%.old" >nul || goto failed
%python% -m venv --without-pip "%target%" || goto give_back
for %%w in (wheels\pip-*.whl) do set "pip=%%w"
"%target%\Scripts\python.exe" "%pip%\pip" install --quiet --no-index --no-cache-dir --find-links wheels duban || goto give_back
"%target%\Scripts\duban.exe" --version || goto give_back
if exist "%target%.old" rmdir /s /q "%target%.old"
echo 已安装到 %target%
echo 运行：%target%\Scripts\duban.exe --help
pause
exit /b 0

:give_back
if exist "%target%" rmdir /s /q "%target%"
if exist "%target%.old" move "%target%.old" "%target%" >nul
:failed
echo 没有安装：出错的原因见上。若 duban 正在运行，请先关闭。
pause
exit /b 2
