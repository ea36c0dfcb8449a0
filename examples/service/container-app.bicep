// The service in Azure Container Apps, behind HTTPS:
//
//   az acr build --registry REGISTRY --image blobprep-service:1 --file examples/service/Dockerfile .
//   az deployment group create --resource-group GROUP --template-file examples/service/container-app.bicep \
//       --parameters registry=REGISTRY image=blobprep-service:1
//   az containerapp exec --resource-group GROUP --name blobprep-service --command 'blobprep serve --new-key --state /state'

@description('Region; that of the resource group by default.')
param location string = resourceGroup().location

@description('Name of the app, which is the first part of its address.')
param name string = 'blobprep-service'

@description('Name of the container registry that has the image.')
param registry string

@description('Image and tag in the registry.')
param image string

@description('Address ranges that may call the service; none lets everyone.')
param allowedAddresses array = []

resource containerRegistry 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = {
  name: registry
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
}

resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(containerRegistry.id, identity.id, 'AcrPull')
  scope: containerRegistry
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')
  }
}

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: name
  location: location
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: 30
  }
}

// Keys, jobs and learned columns outlive a container.
resource stateAccount 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'state${uniqueString(resourceGroup().id, name)}'
  location: location
  sku: {
    name: 'Standard_LRS'
  }
  kind: 'StorageV2'
  properties: {
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    allowBlobPublicAccess: false
  }
}

resource files 'Microsoft.Storage/storageAccounts/fileServices@2023-05-01' = {
  parent: stateAccount
  name: 'default'
}

resource share 'Microsoft.Storage/storageAccounts/fileServices/shares@2023-05-01' = {
  parent: files
  name: 'state'
}

resource environment 'Microsoft.App/managedEnvironments@2024-03-01' = {
  name: name
  location: location
  properties: {
    appLogsConfiguration: {
      destination: 'log-analytics'
      logAnalyticsConfiguration: {
        customerId: logs.properties.customerId
        sharedKey: logs.listKeys().primarySharedKey
      }
    }
  }
}

resource stateStorage 'Microsoft.App/managedEnvironments/storages@2024-03-01' = {
  parent: environment
  name: 'state'
  properties: {
    azureFile: {
      accountName: stateAccount.name
      accountKey: stateAccount.listKeys().keys[0].value
      shareName: share.name
      accessMode: 'ReadWrite'
    }
  }
}

resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: name
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  properties: {
    managedEnvironmentId: environment.id
    configuration: {
      ingress: {
        external: true
        targetPort: 8080
        transport: 'http'
        allowInsecure: false
        ipSecurityRestrictions: [for address in allowedAddresses: {
          name: replace(replace(address, '.', '-'), '/', '-')
          action: 'Allow'
          ipAddressRange: address
        }]
      }
      registries: [
        {
          server: containerRegistry.properties.loginServer
          identity: identity.id
        }
      ]
    }
    template: {
      containers: [
        {
          name: 'service'
          image: '${containerRegistry.properties.loginServer}/${image}'
          resources: {
            cpu: json('1.0')
            memory: '2Gi'
          }
          probes: [
            {
              type: 'Liveness'
              httpGet: {
                path: '/healthz'
                port: 8080
              }
            }
            {
              type: 'Readiness'
              httpGet: {
                path: '/readyz'
                port: 8080
              }
            }
          ]
          volumeMounts: [
            {
              volumeName: 'state'
              mountPath: '/state'
            }
          ]
        }
      ]
      // The state is in one folder, which servers on several machines cannot share.
      scale: {
        minReplicas: 1
        maxReplicas: 1
      }
      terminationGracePeriodSeconds: 120
      volumes: [
        {
          name: 'state'
          storageType: 'AzureFile'
          storageName: stateStorage.name
          // Locks stay on the one machine that has them, and the files belong to the container's user.
          mountOptions: 'nobrl,uid=10001,gid=10001,dir_mode=0700,file_mode=0600'
        }
      ]
    }
  }
  dependsOn: [
    pull
  ]
}

output url string = 'https://${app.properties.configuration.ingress.fqdn}'
