var text = loadTextContent('files/note.txt')
var json = loadJsonContent('files/data.json')
var part = loadJsonContent('files/data.json', 'nested.list')
var yaml = loadYamlContent('files/data.yaml')
var bytes = loadFileAsBase64('files/note.txt')

output all object = {
  text: text
  json: json
  part: part
  yaml: yaml
  bytes: bytes
}
